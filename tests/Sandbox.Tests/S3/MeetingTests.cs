using Microsoft.AspNetCore.Http;
using Sandbox.S3;
using Sandbox.S3.Operations;
using Sandbox.S3.Signing;
using Sandbox.S3.Storage;

namespace Sandbox.Tests.S3;

/// <summary>Calls that meet the deletion of their bucket halfway.</summary>
public sealed class MeetingTests : IDisposable
{
    private const string Bucket = "meeting";

    private readonly MeetingClock clock = new();
    private readonly S3Store store;

    public MeetingTests()
    {
        store = new S3Store(null, clock);
        store.Buckets.Add(Bucket, S3Options.DefaultAccount.AccountId);
    }

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task Tags_for_a_bucket_that_goes_while_they_are_read_find_no_bucket()
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
    public async Task An_upload_begins_before_its_bucket_goes_or_not_at_all()
    {
        var call = Call("key");
        clock.Meanwhile = () => store.Transaction(() =>
        {
            store.Uploads.DeleteOf(Bucket);
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
    /// Whoever asks it for the time is overtaken by somebody else, unless it holds what that one needs.
    /// </summary>
    private sealed class MeetingClock : TimeProvider
    {
        private Thread? other;

        public Action? Meanwhile { get; set; }

        public void Join() => other!.Join();

        public override DateTimeOffset GetUtcNow()
        {
            var meanwhile = Meanwhile;
            Meanwhile = null;
            if (meanwhile is not null)
            {
                other = new Thread(() => meanwhile()) { IsBackground = true };
                other.Start();
                SpinWait.SpinUntil(() => other.ThreadState.HasFlag(ThreadState.WaitSleepJoin)
                    || other.ThreadState.HasFlag(ThreadState.Stopped));
            }

            return base.GetUtcNow();
        }
    }
}
