namespace Worker.Systems.Keycloak.Login;

internal static class LoginHttp
{
    /// <summary>No redirects followed, no cookies kept: <see cref="BrowserSession"/> does both itself.</summary>
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
