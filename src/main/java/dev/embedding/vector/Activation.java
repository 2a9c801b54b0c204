package dev.embedding.vector;

/** Activation functions of PyTorch that follow a linear layer. */
public enum Activation {
    IDENTITY {
        @Override
        public double apply(double value) {
            return value;
        }
    },
    TANH {
        @Override
        public double apply(double value) {
            return Math.tanh(value);
        }
    },
    RELU {
        @Override
        public double apply(double value) {
            return Math.max(0, value);
        }
    },
    SIGMOID {
        @Override
        public double apply(double value) {
            return 1 / (1 + Math.exp(-value));
        }
    },
    /** GELU with the error function, not with its approximation by tanh. */
    GELU {
        @Override
        public double apply(double value) {
            return value / 2 * (1 + erf(value / Math.sqrt(2)));
        }
    },
    SILU {
        @Override
        public double apply(double value) {
            return value * SIGMOID.apply(value);
        }
    };

    /**
     * The error function to 1.5e-7.
     *
     * @see <a href="https://personal.math.ubc.ca/~cbm/aands/page_299.htm">Abramowitz and Stegun, 7.1.26</a>
     */
    private static double erf(double value) {
        double size = Math.abs(value);
        double t = 1 / (1 + 0.3275911 * size);
        double series =
                t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        return Math.copySign(1 - series * Math.exp(-size * size), value);
    }

    /** The function's value; NaN for NaN. */
    public abstract double apply(double value);
}
