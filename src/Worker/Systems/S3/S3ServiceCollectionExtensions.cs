using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using ControlPlane;
using Microsoft.Extensions.DependencyInjection;
using Worker.Hosting;

namespace Worker.Systems.S3;

public static class S3ServiceCollectionExtensions
{
    /// <summary>Null: not configured, and whoever needs it gets <see cref="ErrorCode.NotConfigured"/>.</summary>
    public static IServiceCollection AddS3(
        this IServiceCollection services, S3Options? options, TimeoutScale timeoutScale)
    {
        if (options is null)
        {
            return services.AddTransient<TenantBuckets>(_ => throw new ControlPlaneException(
                ErrorCode.NotConfigured, "No object store is configured (S3_ENDPOINT or AWS_REGION)."));
        }

        return services
            .AddSingleton(options)
            .AddSingleton<IAmazonS3>(_ => Client(options, timeoutScale))
            .AddTransient<TenantBuckets>();
    }

    public static AmazonS3Client Client(S3Options options, TimeoutScale? timeoutScale = null)
    {
        var config = new AmazonS3Config
        {
            MaxErrorRetry = 0,
            Timeout = (timeoutScale ?? TimeoutScale.Default).CallTimeout(S3Options.CallTimeout),
            HttpClientFactory = new BufferedClients(),
            // Stores of other makes do not know the newer checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
            config.ForcePathStyle = true;
            config.AuthenticationRegion = options.Region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return options.AccessKey is null
            ? new AmazonS3Client(config)
            : new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }

    // The SDK's own client has no timeout for the body of a success.
    private sealed class BufferedClients : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig)
        {
            var http = new HttpClient(new BufferedResponseHandler
            {
                InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false },
            });
            if (clientConfig.Timeout is { } timeout)
            {
                http.Timeout = timeout;
            }

            return http;
        }
    }
}
