using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sandbox.Storage;

namespace Sandbox.S3.Storage;

/// <summary>A multipart upload that is neither completed nor aborted.</summary>
internal sealed record Upload(
    string Id, string Bucket, string Key, DateTimeOffset Started, IReadOnlyDictionary<string, string> Headers);

internal sealed record UploadPart(int Number, DateTimeOffset Modified, string ETag, long Size);

internal sealed class Uploads(Database database, TimeProvider time)
{
    private const string Columns = "SELECT id, bucket, key, started, headers FROM uploads";

    public Upload Start(string bucket, string key, IReadOnlyDictionary<string, string> headers)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N", CultureInfo.InvariantCulture);
        database.Execute(
            "INSERT INTO uploads VALUES (?1, ?2, ?3, ?4, ?5)",
            id,
            bucket,
            key,
            Timestamp.Of(now),
            JsonSerializer.Serialize(headers));
        return new Upload(id, bucket, key, now, headers);
    }

    public Upload? Find(string bucket, string key, string id) => database.Query(
        $"{Columns} WHERE id = ?1 AND bucket = ?2 AND key = ?3", Read, id, bucket, key).SingleOrDefault();

    public List<Upload> List(string bucket, string prefix) => database.Query(
        $"{Columns} WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2 ORDER BY key COLLATE BINARY, started, id",
        Read,
        bucket,
        prefix);

    public void PutPart(string upload, int number, string etag, byte[] data) => database.Execute(
        "INSERT OR REPLACE INTO parts VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        upload,
        number,
        Timestamp.Of(time.GetUtcNow()),
        etag,
        data.Length,
        data);

    public List<UploadPart> Parts(string upload) => database.Query(
        "SELECT number, modified, etag, size FROM parts WHERE upload = ?1 ORDER BY number",
        row => new UploadPart(row.GetInt32(0), Timestamp.Parse(row.GetString(1)), row.GetString(2), row.GetInt64(3)),
        upload);

    public byte[] Data(string upload, int number) => database.Query(
        "SELECT data FROM parts WHERE upload = ?1 AND number = ?2",
        row => row.GetFieldValue<byte[]>(0),
        upload,
        number).Single();

    /// <summary>Deletes the upload and its parts.</summary>
    public void Delete(string id) => database.Execute("DELETE FROM uploads WHERE id = ?1", id);

    public void DeleteAll(string bucket) => database.Execute("DELETE FROM uploads WHERE bucket = ?1", bucket);

    private static Upload Read(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetString(2),
        Timestamp.Parse(row.GetString(3)),
        JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(4))!);
}
