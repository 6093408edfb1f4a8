using System.Collections.Frozen;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>
/// The classes of PostgreSQL's errors, by SQLSTATE or its first two characters.
/// https://www.postgresql.org/docs/current/errcodes-appendix.html
/// </summary>
public static class PostgresErrors
{
    private static readonly FrozenDictionary<string, ErrorClass> Table = new Dictionary<string, ErrorClass>
    {
        ["08"] = ErrorClass.Connection, // connection exception
        ["25006"] = ErrorClass.Connection, // read-only: a standby, or a failover in progress
        ["25P03"] = ErrorClass.Connection, // the server ended an idle session
        ["25P04"] = ErrorClass.Temporary, // transaction timeout
        ["26000"] = ErrorClass.Connection, // a pooler has changed the session, and with it the prepared statements
        ["28"] = ErrorClass.Connection, // login refused: wrong or rotated credentials
        ["3D000"] = ErrorClass.Connection, // the database does not exist: renamed, or being restored
        ["40"] = ErrorClass.Temporary, // deadlock, serialization failure
        ["42501"] = ErrorClass.Connection, // missing grant, as during a deployment
        ["42P05"] = ErrorClass.Connection, // as 26000
        ["53"] = ErrorClass.Temporary, // disk full, out of memory
        ["53300"] = ErrorClass.Connection, // too many connections
        ["55"] = ErrorClass.Temporary, // locked, or in recovery
        ["57"] = ErrorClass.Connection, // shut down, starting up, database dropped
        ["57014"] = ErrorClass.Temporary, // statement timeout
        ["58"] = ErrorClass.Temporary, // I/O error
        ["72"] = ErrorClass.Temporary, // snapshot too old
        ["F0"] = ErrorClass.Connection, // the server's configuration file
        ["XX"] = ErrorClass.Temporary, // internal error; poolers report their own with it
    }.ToFrozenDictionary();

    // An object of the control database is missing: its migration has not run yet.
    private static readonly FrozenSet<string> NotMigrated = FrozenSet.Create(
        "3F000",  // schema
        "42P01",  // table
        "42P10",  // unique index of ON CONFLICT
        "42703",  // column
        "42704",  // type
        "42883"); // function

    /// <param name="e">The error.</param>
    /// <param name="isControlDatabase">
    /// False in the tenants' database, which has no migrations: a missing object is a wrong statement there.
    /// </param>
    public static ErrorClass Classify(PostgresException e, bool isControlDatabase = true) =>
        isControlDatabase && IsNotMigrated(e)
            ? ErrorClass.Connection
            : Table.GetValueOrDefault(
                e.SqlState, Table.GetValueOrDefault(e.SqlState[..Math.Min(2, e.SqlState.Length)], ErrorClass.Content));

    /// <summary>Whether an object of the control database is missing.</summary>
    public static bool IsNotMigrated(PostgresException e) => NotMigrated.Contains(e.SqlState);

    /// <summary>Whether the login was refused.</summary>
    public static bool RefusesCredentials(PostgresException e) =>
        e.SqlState.StartsWith("28", StringComparison.Ordinal);
}
