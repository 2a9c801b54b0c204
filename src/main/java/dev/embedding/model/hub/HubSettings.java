package dev.embedding.model.hub;

import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Settings of a hub's client: how the hub is reached and where its files are cached.
 *
 * @param cacheDirectory the folder with {@code models--org--name}; need not exist
 * @param endpoint address of the hub, without a slash at its end
 * @param token sent to the endpoint's own host and to no other
 * @param offline whether no connection may be made
 * @param symlinks whether snapshots may be made of symbolic links; copies otherwise
 * @param proxies selects the proxy of each connection
 * @see <a href="https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables">the variables</a>
 */
public record HubSettings(
        Path cacheDirectory,
        URI endpoint,
        Optional<String> token,
        boolean offline,
        boolean symlinks,
        Timeouts timeouts,
        ProxySelector proxies) {

    /**
     * Timeouts of a hub's client.
     *
     * @param response for a connection, and then for a response's headers
     * @param stall for the next bytes of a body
     * @param lock for another process that downloads the same file
     */
    public record Timeouts(Duration response, Duration stall, Duration lock) {}

    /** @throws HubException when the endpoint or the token cannot be used */
    public HubSettings {
        String scheme = String.valueOf(endpoint.getScheme());
        if (!scheme.matches("https?")
                || endpoint.getHost() == null
                || endpoint.getUserInfo() != null
                || endpoint.getQuery() != null) {
            throw new HubException(
                    HubException.Kind.INVALID,
                    "HF_ENDPOINT must be an address like https://huggingface.co, without user, password or query");
        }
        if (!token.orElse("").chars().allMatch(character -> character > ' ' && character < 0x7f)) {
            throw new HubException(
                    HubException.Kind.INVALID, "HF_TOKEN or the token file has characters that no token has");
        }
    }

    /**
     * Reads the environment variables of Python's huggingface_hub, with the same meaning except for the cache's
     * default, which is {@code ./model_cache}.
     *
     * @param environment variables by name
     * @param modelCacheDirectory overrides the variables when present
     * @throws HubException when a value cannot be used
     */
    public static HubSettings from(Function<String, Optional<String>> environment, Optional<Path> modelCacheDirectory) {
        return new HubEnvironment(environment).settings(modelCacheDirectory);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HubSettings[endpoint=" + endpoint + ", offline=" + offline + ", token="
                + (token.isPresent() ? "set" : "none") + "]";
    }
}
