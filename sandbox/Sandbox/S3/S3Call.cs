using System.Xml.Linq;
using Sandbox.S3.Signing;
using Sandbox.S3.Storage;

namespace Sandbox.S3;

/// <summary>One request with a right signature, on its way to the operation that answers it.</summary>
internal sealed class S3Call(HttpContext context, S3Store store, S3Options options, S3Path path, SignedRequest signed)
{
    public static readonly XNamespace Xmlns = "http://s3.amazonaws.com/doc/2006-03-01/";

    public HttpRequest Request => context.Request;

    public HttpResponse Response => context.Response;

    public S3Store Store => store;

    public S3Options Options => options;

    public S3Account Caller => signed.Account;

    public string BucketName => path.Bucket;

    public string Key => path.Key;

    public bool IsMinio => options.Flavour == S3Flavour.Minio;

    public string? Query(string name) => Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>The bucket, which exists and is the caller's.</summary>
    public Bucket Bucket()
    {
        var bucket = store.Buckets.Find(BucketName) ?? throw S3Exception.NoSuchBucket();
        var expected = IsMinio ? "" : Request.Headers["x-amz-expected-bucket-owner"].ToString();
        if (bucket.AccountId != Caller.AccountId || (expected.Length > 0 && expected != bucket.AccountId))
            throw S3Exception.AccessDenied();
        return bucket;
    }

    /// <summary>Changes the bucket, which nobody deletes between the look at it and the change.</summary>
    public T InBucket<T>(Func<Bucket, T> change) => store.Transaction(() => change(Bucket()));

    public void InBucket(Action<Bucket> change) => InBucket(bucket =>
    {
        change(bucket);
        return true;
    });

    public Task<Payload> PayloadAsync() => Payload.ReadAsync(Request, signed, context.RequestAborted);

    /// <summary>The body as XML; null when there is none.</summary>
    public async Task<XElement?> XmlAsync() => S3Xml.Parse((await PayloadAsync()).Bytes);

    /// <summary>Number in the query, between 0 and 1000, which is also what it is when left out.</summary>
    public int Limit(string name) => Query(name) switch
    {
        null or "" => 1000,
        var text when int.TryParse(text, out var limit) && limit >= 0 => Math.Min(limit, 1000),
        var text => throw S3Exception.InvalidArgument(
            $"Provided {name} not an integer or within integer range: '{text}'"),
    };

    public void Answer(int status) => Response.StatusCode = status;

    public Task AnswerAsync(XElement document, int status = 200)
    {
        Response.StatusCode = status;
        return S3Xml.WriteAsync(Response, document);
    }
}
