using ControlPlane.Settings;
using StackExchange.Redis;

namespace Api.RateLimits;

/// <summary>
/// <c>REDIS_URL</c>: <c>redis://[user:password@]host[:port][/database]</c>, or <c>rediss://</c> with TLS.
/// </summary>
public sealed record RedisOptions(ConfigurationOptions Configuration)
{
    private const string Name = "REDIS_URL";

    /// <returns>The options, or null if no Redis is configured.</returns>
    public static RedisOptions? Find(SettingsReader settings)
    {
        if (settings.Find(Name) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("redis" or "rediss")
            || url.Host.Length == 0)
        {
            // The value is not shown: it may contain a password.
            throw new SettingException(Name, "a malformed address", "redis://host:6379");
        }

        string[] user = url.UserInfo.Split(':', 2);
        string path = url.AbsolutePath.Trim('/');
        return new RedisOptions(new ConfigurationOptions
        {
            EndPoints = { { url.Host, url.Port > 0 ? url.Port : 6379 } },
            Ssl = url.Scheme == "rediss",
            User = user is [{ Length: > 0 } name, _] ? Uri.UnescapeDataString(name) : null,
            Password = user.Length == 2 ? Uri.UnescapeDataString(user[1]) : null,
            DefaultDatabase = path.Length == 0 ? 0
                : int.TryParse(path, out int number) ? number
                : throw new SettingException(Name, "a database that is not a number", "redis://host:6379/0"),
            // A sign-up must not wait for an unreachable Redis.
            AbortOnConnectFail = false,
            BacklogPolicy = BacklogPolicy.FailFast,
            ConnectTimeout = 1000,
            AsyncTimeout = 500,
            ClientName = "arc-saas-functions",
        });
    }
}
