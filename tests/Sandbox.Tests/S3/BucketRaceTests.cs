using Microsoft.AspNetCore.Http;
using Sandbox.S3;
using Sandbox.S3.Operations;
using Sandbox.S3.Signing;
using Sandbox.S3.Storage;

namespace Sandbox.Tests.S3;

/// <summary>Races between a call and the deletion of its bucket.</summary>
public sealed class BucketRaceTests : IDisposable
{
    private const string Bucket = "race";

    private readonly InterleavingClock clock = new();
    private readonly S3Store store;

    public BucketRaceTests()
    {
        store = new S3Store(null, clock);
        store.Buckets.Add(Bucket, S3Options.DefaultAccount.AccountId);
    }

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task Tags_are_refused_if_the_bucket_is_deleted_while_they_are_read()
    {
        var tagging = new BucketSetting("tagging", "", "", _ =>
        {
            store.Buckets.Delete(Bucket);
            return "<Tagging/>";
        });

        var refusal = await Assert.ThrowsAsync<S3Exception>(() => tagging.PutAsync(Call("")));

        Assert.Equal((404, "NoSuchBucket"), (refusal.Status, refusal.Code));
    }

    [Fact]
    public async Task An_upload_starts_before_its_bucket_is_deleted_or_not_at_all()
    {
        var call = Call("key");
        clock.Interleaved = () => store.Transaction(() =>
        {
            store.Uploads.DeleteAll(Bucket);
            store.Buckets.Delete(Bucket);
            return true;
        });

        await UploadOperations.StartAsync(call);
        clock.Join();

        Assert.Equal(200, call.Response.StatusCode);
        Assert.Null(store.Buckets.Find(Bucket));
    }

    private S3Call Call(string key)
    {
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        context.Request.Headers.ContentMD5 = Convert.ToBase64String(Md5.Of([]));
        var hash = Signer.Hash([]);
        var signer = Signer.For(S3Options.DefaultAccount.SecretKey, "20260101T000000Z", "us-east-1");
        return new S3Call(context, store, new S3Options(), new S3Path($"/{Bucket}/{key}", Bucket, key),
            new SignedRequest(S3Options.DefaultAccount, signer, "", hash));
    }

    /// <summary>
    /// Clock that runs another thread whenever it is read, until that thread ends or waits for a lock of the reader.
    /// </summary>
    private sealed class InterleavingClock : TimeProvider
    {
        private Thread? other;

        public Action? Interleaved { get; set; }

        public void Join() => other!.Join();

        public override DateTimeOffset GetUtcNow()
        {
            var interleaved = Interleaved;
            Interleaved = null;
            if (interleaved is not null)
            {
                other = new Thread(() => interleaved()) { IsBackground = true };
                other.Start();
                SpinWait.SpinUntil(() => other.ThreadState.HasFlag(ThreadState.WaitSleepJoin)
                    || other.ThreadState.HasFlag(ThreadState.Stopped));
            }

            return base.GetUtcNow();
        }
    }
}
