using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Tests.Persistence;

/// <summary>The table of PostgreSQL's errors: of the connection, temporary, or of the statement.</summary>
public sealed class PostgresErrorsTests
{
    [Theory]
    [InlineData("08006", ErrorClass.Connection)] // the connection failed
    [InlineData("08P01", ErrorClass.Connection)] // a pooler speaks for a server that is away
    [InlineData("25006", ErrorClass.Connection)] // read-only
    [InlineData("25P03", ErrorClass.Connection)]
    [InlineData("26000", ErrorClass.Connection)]
    [InlineData("28000", ErrorClass.Connection)] // the role may not log in
    [InlineData("28P01", ErrorClass.Connection)] // the password is wrong
    [InlineData("3D000", ErrorClass.Connection)] // the database is missing
    [InlineData("42501", ErrorClass.Connection)] // a grant is missing
    [InlineData("42P05", ErrorClass.Connection)]
    [InlineData("53300", ErrorClass.Connection)] // too many connections
    [InlineData("57P01", ErrorClass.Connection)] // shut down by an administrator
    [InlineData("57P02", ErrorClass.Connection)] // shut down by a crash
    [InlineData("57P03", ErrorClass.Connection)] // starting up
    [InlineData("57P04", ErrorClass.Connection)] // the database was dropped
    [InlineData("57P05", ErrorClass.Connection)] // idle session
    [InlineData("F0001", ErrorClass.Connection)]
    [InlineData("25P04", ErrorClass.Temporary)]
    [InlineData("40001", ErrorClass.Temporary)]
    [InlineData("40P01", ErrorClass.Temporary)]
    [InlineData("53100", ErrorClass.Temporary)] // disk full
    [InlineData("53200", ErrorClass.Temporary)]
    [InlineData("55006", ErrorClass.Temporary)]
    [InlineData("55P03", ErrorClass.Temporary)]
    [InlineData("57014", ErrorClass.Temporary)] // statement timeout
    [InlineData("58030", ErrorClass.Temporary)]
    [InlineData("72000", ErrorClass.Temporary)]
    [InlineData("XX000", ErrorClass.Temporary)]
    [InlineData("0A000", ErrorClass.Content)]
    [InlineData("22001", ErrorClass.Content)]
    [InlineData("23505", ErrorClass.Content)]
    [InlineData("25P02", ErrorClass.Content)]
    [InlineData("2BP01", ErrorClass.Content)]
    [InlineData("42601", ErrorClass.Content)]
    [InlineData("42710", ErrorClass.Content)]
    [InlineData("42P06", ErrorClass.Content)]
    [InlineData("54000", ErrorClass.Content)]
    [InlineData("P0001", ErrorClass.Content)]
    [InlineData("?", ErrorClass.Content)]
    public void Each_state_has_its_class_in_both_databases(string state, ErrorClass expected)
    {
        var e = Error(state);

        Assert.Equal(
            (expected, expected), (PostgresErrors.Classify(e), PostgresErrors.Classify(e, isControlDatabase: false)));
    }

    [Theory]
    [InlineData("3F000")] // schema
    [InlineData("42P01")] // table
    [InlineData("42P10")] // unique index
    [InlineData("42703")] // column
    [InlineData("42704")] // type
    [InlineData("42883")] // function
    public void An_object_that_is_missing_waits_for_the_migration_of_the_control_database_only(string state)
    {
        var e = Error(state);

        Assert.True(PostgresErrors.IsNotMigrated(e));
        Assert.Equal(
            (ErrorClass.Connection, ErrorClass.Content),
            (PostgresErrors.Classify(e), PostgresErrors.Classify(e, isControlDatabase: false)));
    }

    [Fact]
    public void Every_error_that_Npgsql_holds_for_transient_is_waited_out()
    {
        var transient = typeof(PostgresErrorCodes).GetFields().Select(field => Error((string)field.GetValue(null)!))
            .Where(e => e.IsTransient).ToList();

        Assert.NotEmpty(transient);
        Assert.All(transient, e => Assert.NotEqual(ErrorClass.Content, PostgresErrors.Classify(e)));
    }

    private static PostgresException Error(string state) => new("refused", "ERROR", "ERROR", state);
}
