using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Worker.Hosting;

namespace Worker.Systems.S3;

/// <summary>Creates the client of the object store: no retries, and a timeout that includes the body.</summary>
public static class ObjectStoreClient
{
    public static AmazonS3Client Create(S3Options options, TimeoutScale? timeoutScale = null)
    {
        var config = new AmazonS3Config
        {
            MaxErrorRetry = 0,
            Timeout = (timeoutScale ?? TimeoutScale.Default).CallTimeout(S3Options.CallTimeout),
            HttpClientFactory = new BufferedHttpClientFactory(),
            // Object stores other than AWS do not support the newer checksums.
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

    // The SDK's own client has no timeout for the body of a successful response.
    private sealed class BufferedHttpClientFactory : HttpClientFactory
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
