using Sandbox.Storage;

namespace Sandbox.S3.Storage;

/// <summary>Storage for buckets, objects and uploads.</summary>
internal sealed class S3Store : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS buckets (
            name TEXT PRIMARY KEY, account TEXT NOT NULL, created TEXT NOT NULL, versioning TEXT);
        CREATE TABLE IF NOT EXISTS settings (
            bucket TEXT NOT NULL REFERENCES buckets ON DELETE CASCADE, kind TEXT NOT NULL, document TEXT NOT NULL,
            PRIMARY KEY (bucket, kind));
        CREATE TABLE IF NOT EXISTS versions (
            number INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL REFERENCES buckets, key TEXT NOT NULL,
            version TEXT NOT NULL, marker INTEGER NOT NULL, modified TEXT NOT NULL, etag TEXT NOT NULL,
            size INTEGER NOT NULL, headers TEXT NOT NULL, data BLOB NOT NULL, UNIQUE (bucket, key, version));
        CREATE TABLE IF NOT EXISTS uploads (
            id TEXT PRIMARY KEY, bucket TEXT NOT NULL REFERENCES buckets, key TEXT NOT NULL, started TEXT NOT NULL,
            headers TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS parts (
            upload TEXT NOT NULL REFERENCES uploads ON DELETE CASCADE, number INTEGER NOT NULL, modified TEXT NOT NULL,
            etag TEXT NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (upload, number));
        """;

    private readonly Database database;

    public S3Store(string? file, TimeProvider time)
    {
        database = Database.Open(file, Schema);
        Buckets = new Buckets(database, time);
        Objects = new Objects(database, time);
        Uploads = new Uploads(database, time);
    }

    public Buckets Buckets { get; }

    public Objects Objects { get; }

    public Uploads Uploads { get; }

    /// <summary>
    /// Runs <paramref name="work"/> as one atomic unit, in the file and for other callers.
    /// </summary>
    public T Transaction<T>(Func<T> work) => database.Transaction(work);

    public void Dispose() => database.Dispose();
}
