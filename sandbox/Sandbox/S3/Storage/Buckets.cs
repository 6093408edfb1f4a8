using Microsoft.Data.Sqlite;
using Sandbox.Storage;

namespace Sandbox.S3.Storage;

/// <param name="Versioning">Enabled, Suspended, or null if never set.</param>
internal sealed record Bucket(string Name, string AccountId, DateTimeOffset Created, string? Versioning);

internal sealed class Buckets(Database database, TimeProvider time)
{
    private const string Columns = "SELECT name, account, created, versioning FROM buckets";

    public Bucket? Find(string name) => database.Query($"{Columns} WHERE name = ?1", Read, name).SingleOrDefault();

    public List<Bucket> All() => database.Query($"{Columns} ORDER BY name", Read);

    public void Add(string name, string accountId) =>
        database.Execute(
            "INSERT INTO buckets VALUES (?1, ?2, ?3, NULL)", name, accountId, Timestamp.Of(time.GetUtcNow()));

    public void Delete(string name) => database.Execute("DELETE FROM buckets WHERE name = ?1", name);

    public void SetVersioning(string name, string status) =>
        database.Execute("UPDATE buckets SET versioning = ?2 WHERE name = ?1", name, status);

    /// <summary>Returns the number of versions and delete markers; unfinished uploads do not count.</summary>
    public long CountVersions(string name) => database.Count("SELECT COUNT(*) FROM versions WHERE bucket = ?1", name);

    public long CountObjects(string name) => database.Count(
        "SELECT COUNT(*) FROM versions v WHERE bucket = ?1 AND marker = 0 AND number = " +
        "(SELECT MAX(number) FROM versions WHERE bucket = v.bucket AND key = v.key)",
        name);

    /// <summary>Returns a stored document such as the tags or the lifecycle; null if there is none.</summary>
    public string? Setting(string name, string kind) => database.Query(
        "SELECT document FROM settings WHERE bucket = ?1 AND kind = ?2",
        row => row.GetString(0),
        name,
        kind).SingleOrDefault();

    public void PutSetting(string name, string kind, string document) =>
        database.Execute("INSERT OR REPLACE INTO settings VALUES (?1, ?2, ?3)", name, kind, document);

    public void DeleteSetting(string name, string kind) =>
        database.Execute("DELETE FROM settings WHERE bucket = ?1 AND kind = ?2", name, kind);

    private static Bucket Read(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), Timestamp.Parse(row.GetString(2)),
        row.IsDBNull(3) ? null : row.GetString(3));
}
