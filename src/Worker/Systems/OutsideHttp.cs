using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Refit;
using Worker.Telemetry;

namespace Worker.Systems;

/// <summary>
/// The common configuration of the HTTP clients of outside systems: a short timeout that includes the body, no retries
/// (only Temporal retries), no redirects, no request logs (queries contain addresses). An error status becomes an
/// <see cref="OutsideSystemException"/>.
/// </summary>
public static class OutsideHttp
{
    private const string Unreadable = "what it says cannot be read.";

    private static readonly string[] ReasonFields = ["error_description", "errorMessage", "message", "error"];

    /// <summary>
    /// Null fields are not sent: Keycloak rejects unknown fields and keeps the values of absent ones.
    /// </summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static RefitSettings RefitSettings(HttpErrors errors) => new(new SystemTextJsonContentSerializer(Json))
    {
        ExceptionFactory = async response =>
            response.IsSuccessStatusCode ? null : await RefusalAsync(errors, response),
        DeserializationExceptionFactory = (response, _) => new(CreateException(errors, response, Unreadable)),
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

    public static async Task<OutsideSystemException> RefusalAsync(HttpErrors errors, HttpResponseMessage response) =>
        CreateException(errors, response, ReadReason(await response.Content.ReadAsStringAsync()));

    /// <exception cref="OutsideSystemException">The body is not valid JSON of this type.</exception>
    public static async Task<T> ReadAsync<T>(
        HttpErrors errors, HttpResponseMessage response, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken)
                ?? throw CreateException(errors, response, Unreadable);
        }
        catch (JsonException)
        {
            throw CreateException(errors, response, Unreadable);
        }
    }

    private static OutsideSystemException CreateException(
        HttpErrors errors, HttpResponseMessage response, string? reason) => new(
            errors.System,
            response.StatusCode,
            errors.Classify(response.StatusCode, reason),
            $"{response.RequestMessage?.Method} {Masked.Path(response.RequestMessage?.RequestUri?.AbsolutePath ?? "")}",
            reason)
        {
            RefusesCredentials = errors.RefusesCredentials(response.StatusCode),
        };

    private static string? ReadReason(string body)
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
