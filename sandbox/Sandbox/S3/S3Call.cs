using System.Xml.Linq;
using Sandbox.S3.Signing;
using Sandbox.S3.Storage;

namespace Sandbox.S3;

/// <summary>One request with a verified signature, as passed to the operation that answers it.</summary>
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

    /// <summary>Returns the bucket; refuses the call if it does not exist or belongs to another account.</summary>
    public Bucket Bucket() => Bucket(BucketName);

    /// <inheritdoc cref="Bucket()"/>
    public Bucket Bucket(string name)
    {
        var bucket = store.Buckets.Find(name) ?? throw S3Exception.NoSuchBucket();
        var expected = IsMinio ? "" : Request.Headers["x-amz-expected-bucket-owner"].ToString();
        if (bucket.AccountId != Caller.AccountId || (expected.Length > 0 && expected != bucket.AccountId))
            throw S3Exception.AccessDenied();
        return bucket;
    }

    /// <summary>
    /// Runs <paramref name="work"/> on the bucket in a transaction, so that no other call deletes the bucket meanwhile.
    /// </summary>
    public T InBucket<T>(Func<Bucket, T> work) => store.Transaction(() => work(Bucket()));

    public void InBucket(Action<Bucket> work) => InBucket(bucket =>
    {
        work(bucket);
        return true;
    });

    public Task<Payload> PayloadAsync() => Payload.ReadAsync(Request, signed, context.RequestAborted);

    /// <summary>Returns the body as XML; null if it is empty.</summary>
    public async Task<XElement?> XmlAsync() => S3Xml.Parse((await PayloadAsync()).Bytes);

    /// <summary>Returns a page size from the query, from 0 to 1000; the default is 1000.</summary>
    public int Limit(string name) => Query(name) switch
    {
        null or "" => 1000,
        var text when int.TryParse(text, out var limit) && limit >= 0 => Math.Min(limit, 1000),
        var text => throw S3Exception.InvalidArgument(
            $"Provided {name} not an integer or within integer range: '{text}'"),
    };

    public void SetStatus(int status) => Response.StatusCode = status;

    public Task AnswerAsync(XElement document, int status = 200)
    {
        Response.StatusCode = status;
        return S3Xml.WriteAsync(Response, document);
    }
}
