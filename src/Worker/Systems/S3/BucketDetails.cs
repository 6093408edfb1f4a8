using System.Text.Json;
using Worker.Hosting;

namespace Worker.Systems.S3;

/// <summary>The details of a bucket's resource record, stored as JSON.</summary>
/// <param name="AbsentAt">The server's time at which the bucket did not exist, before any try to create it.</param>
/// <param name="NotSupported">The features that the server, if it is not AWS, does not support.</param>
public sealed record BucketDetails(DateTimeOffset? AbsentAt, IReadOnlyList<string> NotSupported)
{
    public string ToJson() => JsonSerializer.Serialize(this, WorkerJson.Options);
}
