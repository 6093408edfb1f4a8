using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sandbox.Storage;

namespace Sandbox.S3.Storage;

/// <summary>One version of an object, or a delete marker.</summary>
/// <param name="Id">Version id; "null" if versioning was not enabled when the version was created.</param>
/// <param name="IsLatest">Whether there is no newer version or marker of the same key.</param>
/// <param name="Headers">Content type, user metadata, checksums and tags, as received.</param>
internal sealed record ObjectVersion(
    string Key,
    string Id,
    bool IsMarker,
    bool IsLatest,
    DateTimeOffset Modified,
    string ETag,
    long Size,
    IReadOnlyDictionary<string, string> Headers);

internal sealed class Objects(Database database, TimeProvider time)
{
    public const string NullVersion = "null";

    private const string Columns = """
        SELECT key, version, marker, modified, etag, size, headers,
            number = (SELECT MAX(number) FROM versions n WHERE n.bucket = v.bucket AND n.key = v.key) AS latest
        FROM versions v
        """;

    /// <summary>
    /// Returns all versions of all keys with the prefix, ordered by the bytes of the key, newest version first.
    /// </summary>
    public List<ObjectVersion> Versions(string bucket, string prefix = "") => database.Query(
        $"{Columns} WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2 ORDER BY key COLLATE BINARY, number DESC",
        Read,
        bucket,
        prefix);

    /// <summary>Returns the latest version of each key, except deleted ones.</summary>
    public IEnumerable<ObjectVersion> Current(string bucket, string prefix = "") =>
        Versions(bucket, prefix).Where(version => version is { IsLatest: true, IsMarker: false });

    public ObjectVersion? Latest(string bucket, string key) => database.Query(
        $"{Columns} WHERE bucket = ?1 AND key = ?2 ORDER BY number DESC LIMIT 1", Read, bucket, key).SingleOrDefault();

    public ObjectVersion? Version(string bucket, string key, string id) => database.Query(
        $"{Columns} WHERE bucket = ?1 AND key = ?2 AND version = ?3", Read, bucket, key, id).SingleOrDefault();

    public byte[] Data(string bucket, string key, string id) => database.Query(
        "SELECT data FROM versions WHERE bucket = ?1 AND key = ?2 AND version = ?3",
        row => row.GetFieldValue<byte[]>(0),
        bucket,
        key,
        id).Single();

    public ObjectVersion Put(
        Bucket bucket, string key, byte[] data, string etag, IReadOnlyDictionary<string, string> headers) =>
        Add(bucket, key, marker: false, data, etag, headers);

    /// <summary>
    /// Deletes an object. With versioning, adds a delete marker and returns it; without, removes the object and returns
    /// null.
    /// </summary>
    public ObjectVersion? Delete(Bucket bucket, string key)
    {
        if (bucket.Versioning is not null)
            return Add(bucket, key, marker: true, [], "", new Dictionary<string, string>());
        DeleteVersion(bucket.Name, key, NullVersion);
        return null;
    }

    /// <summary>Replaces the headers of a version, such as its tags. Its time remains.</summary>
    public void SetHeaders(string bucket, ObjectVersion version, IReadOnlyDictionary<string, string> headers) =>
        database.Execute(
            "UPDATE versions SET headers = ?4 WHERE bucket = ?1 AND key = ?2 AND version = ?3",
            bucket,
            version.Key,
            version.Id,
            JsonSerializer.Serialize(headers));

    /// <summary>Deletes one version permanently.</summary>
    public void DeleteVersion(string bucket, string key, string id) => database.Execute(
        "DELETE FROM versions WHERE bucket = ?1 AND key = ?2 AND version = ?3", bucket, key, id);

    private ObjectVersion Add(
        Bucket bucket, string key, bool marker, byte[] data, string etag, IReadOnlyDictionary<string, string> headers)
    {
        var id = bucket.Versioning == "Enabled" ? NewId() : NullVersion;
        database.Transaction(() =>
        {
            // A key has at most one version "null": a new one replaces it.
            DeleteVersion(bucket.Name, key, id);
            database.Execute(
                "INSERT INTO versions (bucket, key, version, marker, modified, etag, size, headers, data) " +
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                bucket.Name,
                key,
                id,
                marker ? 1 : 0,
                Timestamp.Of(time.GetUtcNow()),
                etag,
                data.Length,
                JsonSerializer.Serialize(headers),
                data);
        });
        return Version(bucket.Name, key, id)!;
    }

    private string NewId() => Guid.CreateVersion7(time.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture);

    private static ObjectVersion Read(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetBoolean(2),
        row.GetBoolean(7),
        Timestamp.Parse(row.GetString(3)),
        row.GetString(4),
        row.GetInt64(5),
        JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(6))!);
}
