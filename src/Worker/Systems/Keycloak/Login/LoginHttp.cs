namespace Worker.Systems.Keycloak.Login;

internal static class LoginHttp
{
    /// <summary>Creates a client without redirects and cookies, which <see cref="BrowserSession"/> handles.</summary>
    public static HttpClient Create() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        UseCookies = false,
    })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
}
