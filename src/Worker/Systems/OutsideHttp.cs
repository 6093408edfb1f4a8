using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using Worker.Telemetry;

namespace Worker.Systems;

/// <summary>
/// How every HTTP client of an outside system is built: short timeouts to the end of the answer, no retries (only
/// Temporal retries), no redirects, no request logs (queries hold addresses), and a refusal becomes an
/// <see cref="OutsideSystemException"/>.
/// </summary>
public static class OutsideHttp
{
    private const string Unreadable = "what it says cannot be read.";

    private static readonly string[] ReasonFields = ["error_description", "errorMessage", "message", "error"];

    /// <summary>
    /// Absent fields are not sent: Keycloak refuses what it does not know and keeps what is not said.
    /// </summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static RefitSettings RefitSettings(string system) => new(new SystemTextJsonContentSerializer(Json))
    {
        ExceptionFactory = async response =>
            response.IsSuccessStatusCode ? null : await RefusalAsync(system, response),
        DeserializationExceptionFactory = (response, _) => new(Answered(system, response, Unreadable)),
    };

    public static IHttpClientBuilder ConfigureOutside(this IHttpClientBuilder client, Uri address, TimeSpan timeout) =>
        client
            .ConfigureHttpClient(http =>
            {
                http.BaseAddress = address;
                http.Timeout = timeout;
            })
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.ConnectTimeout = TimeSpan.FromSeconds(5);
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
                handler.AllowAutoRedirect = false;
                handler.UseCookies = false;
            })
            .AddHttpMessageHandler(() => new BufferedResponseHandler())
            .RemoveAllLoggers();

    public static async Task<OutsideSystemException> RefusalAsync(string system, HttpResponseMessage response) =>
        Answered(system, response, Reason(await response.Content.ReadAsStringAsync()));

    /// <exception cref="OutsideSystemException">The body is not what it should be.</exception>
    public static async Task<T> ReadAsync<T>(
        string system, HttpResponseMessage response, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken)
                ?? throw Answered(system, response, Unreadable);
        }
        catch (JsonException)
        {
            throw Answered(system, response, Unreadable);
        }
    }

    private static OutsideSystemException Answered(string system, HttpResponseMessage response, string? reason) => new(
        system,
        response.StatusCode,
        $"{response.RequestMessage?.Method} {Masked.Path(response.RequestMessage?.RequestUri?.AbsolutePath ?? "")}",
        reason);

    private static string? Reason(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return ReasonFields
                .Select(f => json.RootElement.ValueKind == JsonValueKind.Object
                    && json.RootElement.TryGetProperty(f, out var value) && value.ValueKind == JsonValueKind.String
                        ? Masked.Text(value.GetString()!)
                        : null)
                .FirstOrDefault(reason => reason is not null);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
