#!/usr/bin/env python3
"""Draws what compare.py printed: speed to the right, distance from fp32 downwards, on a logarithmic scale."""

import math
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 430, 92, 24, 52, 64
FASTEST, FARTHEST, NEAREST = 3.0, 0.01, 0.0002


def x(times):
    return LEFT + (times - 0.8) / (FASTEST - 0.8) * (WIDTH - LEFT - RIGHT)


def y(mean):
    share = math.log(max(NEAREST, 1 - mean) / NEAREST) / math.log(FARTHEST / NEAREST)
    return TOP + share * (HEIGHT - TOP - BOTTOM)


def main():
    rows = [line.rstrip("\n").split("\t") for line in open(sys.argv[1], encoding="utf-8")][1:]
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="15" fill="#222">Speed and fidelity of bge-small-en-v1.5 in 8 bits</text>',
    ]
    for mean in (0.9998, 0.9995, 0.999, 0.998, 0.995, 0.99):
        out.append(f'<path d="M{LEFT} {y(mean):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(mean) + 4:.1f}" text-anchor="end" fill="#444">{"≥ " if mean == 0.9998 else ""}{mean}</text>')
    for times in (1, 1.5, 2, 2.5, 3):
        out.append(f'<path d="M{x(times):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
        out.append(f'<text x="{x(times):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#444">{times}</text>')
    out.append(
        f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 18}" text-anchor="middle" fill="#222">times as fast as fp32 (one'
        " passage of 128 tokens, one thread)</text>"
    )
    out.append(
        f'<text transform="translate(22 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle" fill="#222">'
        "mean cosine to fp32</text>"
    )
    for name, _, times, _, mean, nearest in rows:
        served = name in ("fp32", "int8", "int8-fine")
        px, py = x(float(times)), y(float(mean))
        left = not served
        out.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="5" fill="{"#0b6bcb" if served else "#999"}"/>')
        out.append(
            f'<text x="{px + (-10 if left else 10):.1f}" y="{py + 4.5:.1f}" text-anchor="{"end" if left else "start"}"'
            f' fill="{"#0b3d73" if served else "#555"}">{name} ({float(nearest):.3f})</text>'
        )
    out.append(
        f'<text x="{WIDTH - RIGHT}" y="44" text-anchor="end" font-size="11" fill="#666">in brackets: recall at 10</text>'
    )
    print("\n".join([*out, "</svg>"]), file=open(sys.argv[2], "w", encoding="utf-8"))


main()
