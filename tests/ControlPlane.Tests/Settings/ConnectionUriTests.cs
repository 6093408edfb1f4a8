using ControlPlane.Persistence;
using ControlPlane.Settings;
using Npgsql;

namespace ControlPlane.Tests.Settings;

/// <summary>
/// libpq's connection URI, as providers print it. https://www.postgresql.org/docs/current/libpq-connect.html
/// </summary>
public sealed class ConnectionUriTests
{
    // The examples of PostgreSQL's documentation, and forms of providers.
    [Theory]
    [InlineData("postgresql://localhost", "Host=localhost;Port=5432")]
    [InlineData("postgresql://localhost:5433", "Host=localhost;Port=5433")]
    [InlineData("postgresql://localhost/mydb", "Host=localhost;Port=5432;Database=mydb")]
    [InlineData("postgresql://user@localhost", "Host=localhost;Port=5432;Username=user;Database=user")]
    [InlineData("postgresql://user:secret@localhost",
        "Host=localhost;Port=5432;Username=user;Password=secret;Database=user")]
    [InlineData("postgresql://other@localhost/otherdb?connect_timeout=10&application_name=myapp",
        "Host=localhost;Port=5432;Username=other;Database=otherdb;Timeout=10;Application Name=myapp")]
    [InlineData("postgresql://host1:123,host2:456/somedb?target_session_attrs=any&application_name=myapp",
        "Host=host1:123,host2:456;Database=somedb;Target Session Attributes=any;Application Name=myapp")]
    [InlineData("postgresql:///mydb?host=localhost&port=5433", "Host=localhost;Port=5433;Database=mydb")]
    [InlineData("postgresql://user@localhost:5433/mydb?options=-c%20synchronous_commit%3Doff",
        "Host=localhost;Port=5433;Username=user;Database=mydb;Options=-c synchronous_commit=off")]
    [InlineData("postgresql://[2001:db8::1234]/database", "Host=2001:db8::1234;Port=5432;Database=database")]
    [InlineData("postgresql://[::1]:5433,[::2]/db", "Host=[::1]:5433,[::2]:5432;Database=db")]
    [InlineData("postgresql:///dbname?host=/var/lib/postgresql", "Host=/var/lib/postgresql;Port=5432;Database=dbname")]
    [InlineData("postgresql://%2Fvar%2Flib%2Fpostgresql/dbname",
        "Host=/var/lib/postgresql;Port=5432;Database=dbname")]
    [InlineData("postgresql://u@/db?host=/cloudsql/project:region:instance",
        "Host=/cloudsql/project:region:instance;Port=5432;Username=u;Database=db")]
    [InlineData("postgres://u:p%40%2F%3F%23+@h:/db", "Host=h;Port=5432;Username=u;Password=\"p@/?#+\";Database=db")]
    [InlineData("postgres://u:@h/?dbname=d&user=v", "Host=h;Port=5432;Username=v;Database=d")]
    [InlineData("postgres://u:p@ep-x.eu.neon.tech/db?sslmode=require&channel_binding=require",
        "Host=ep-x.eu.neon.tech;Port=5432;Username=u;Password=p;Database=db;SSL Mode=Require;Channel Binding=Require")]
    [InlineData("postgres://u:p@h/db?sslmode=verify-full&sslrootcert=/etc/ca.pem&sslcert=/c.pem&sslkey=/k.pem",
        "Host=h;Port=5432;Username=u;Password=p;Database=db;SSL Mode=VerifyFull;Root Certificate=/etc/ca.pem;"
        + "SSL Certificate=/c.pem;SSL Key=/k.pem")]
    [InlineData("postgres://u@h/db?sslmode=require&sslrootcert=/etc/ca.pem",
        "Host=h;Port=5432;Username=u;Database=db;SSL Mode=VerifyCA;Root Certificate=/etc/ca.pem")]
    [InlineData("postgres://u@h/db?sslrootcert=system", "Host=h;Port=5432;Username=u;Database=db;SSL Mode=VerifyFull")]
    [InlineData("postgres://u@h/db?ssl=true", "Host=h;Port=5432;Username=u;Database=db;SSL Mode=Require")]
    [InlineData("postgres://u@a,b/db?port=1,2&load_balance_hosts=random&target_session_attrs=read-write",
        "Host=a:1,b:2;Username=u;Database=db;Load Balance Hosts=True;Target Session Attributes=read-write")]
    [InlineData("postgres://u@h/db?target_session_attrs=read-write",
        "Host=h:5432,h:5432;Username=u;Database=db;Target Session Attributes=read-write")]
    [InlineData("postgres://u@a,b/db?port=7", "Host=a:7,b:7;Username=u;Database=db")]
    [InlineData("postgres://u@h/db?keepalives=1&keepalives_idle=30&keepalives_interval=10&passfile=/p&sslsni=1"
        + "&client_encoding=UTF8&gssencmode=prefer&fallback_application_name=x&sslnegotiation=direct&sslpassword=y"
        + "&require_auth=scram-sha-256",
        "Host=h;Port=5432;Username=u;Database=db;TCP Keepalive=True;TCP Keepalive Time=30;"
        + "TCP Keepalive Interval=10;Passfile=/p;Application Name=x;SSL Negotiation=Direct;SSL Password=y;"
        + "Require Auth=ScramSHA256")]
    [InlineData("postgres://u@h/db?Maximum Pool Size=5&Command%20Timeout=9",
        "Host=h;Port=5432;Username=u;Database=db;Maximum Pool Size=5;Command Timeout=9")]
    [InlineData("POSTGRES://u@h/db", "Host=h;Port=5432;Username=u;Database=db")]
    public void An_address_is_read_as_libpq_reads_it(string address, string expected) => Assert.Equal(
        new NpgsqlConnectionStringBuilder(expected).ConnectionString.Split(';').Order(),
        new NpgsqlConnectionStringBuilder(DatabaseOptions.Parse("DATABASE_URL", address))
            .ConnectionString.Split(';').Order());

    [Theory]
    [InlineData("postgres://u:secret@h/db?sslcrl=/secret", "the parameter sslcrl")]
    [InlineData("postgres://u:secret@h/db?service=secret", "the parameter service")]
    [InlineData("postgres://u:secret@h/db?keepalives_count=3", "the parameter keepalives_count")]
    [InlineData("postgres://u:secret@h/db?replication=database", "the parameter replication")]
    [InlineData("postgres://u:secret@h/db?client_encoding=LATIN1", "client_encoding=LATIN1")]
    [InlineData("postgres://u:secret@h/db?gssencmode=require", "gssencmode=require")]
    [InlineData("postgres://u:secret@h/db?pgbouncer=true", "the parameter pgbouncer")]
    [InlineData("postgres://u:secret@h/db?sslmode=sometimes", "sslmode=sometimes")]
    [InlineData("postgres://u:secret@h/db?sslmode=require&sslrootcert=system", "sslrootcert=system")]
    [InlineData("postgres://u:secret@h/db?target_session_attrs=best", "target_session_attrs=best")]
    [InlineData("postgres://u:secret@h/db?connect_timeout=soon", "connect_timeout=soon")]
    [InlineData("postgres://u:secret@h/db?keepalives=2", "keepalives=2")]
    [InlineData("postgres://u:secret@h/db?hostaddr=10.0.0.1", "the parameter hostaddr beside a host")]
    [InlineData("postgres://u:secret@h/db?sslmode", "a parameter without a value")]
    [InlineData("postgres://u:secret@h/db?%zz=1", "a % that two hexadecimal digits do not follow")]
    [InlineData("postgres://u:se%cret@h/db", "a % that two hexadecimal digits do not follow")]
    [InlineData("postgres://u:se%00cret@h/db", "a zero byte")]
    [InlineData("postgres://u:secret@/db", "an address without a host")]
    [InlineData("postgres://u:secret@a,,b/db", "an empty host among several")]
    [InlineData("postgres://u:secret@a,b,c/db?port=1,2", "2 ports for 3 hosts")]
    [InlineData("postgres://u:secret@h:70000/db", "a port that is no number from 1 to 65535")]
    [InlineData("postgres://u:sec/ret@h/db", "a port that is no number from 1 to 65535")]
    [InlineData("postgres://u:secret@[::1/db", "a [ without its ]")]
    [InlineData("postgres://u:secret@[::1]x/db", "text after ]")]
    public void A_part_that_cannot_be_honoured_is_named_and_no_secret_is_quoted(string address, string found)
    {
        var error = Assert.Throws<SettingException>(() => DatabaseOptions.Parse("DATABASE_URL", address));

        Assert.StartsWith($"DATABASE_URL: found {found}, expected ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://u@127.0.0.1:1,h/db?target_session_attrs=read-write")]
    [InlineData("postgres://u@h/db?target_session_attrs=read-write")]
    [InlineData("postgres://u@h/db?keepalives_interval=10")]
    [InlineData("postgres://u@h/db?connect_timeout=0&sslmode=verify-ca&options=-c%20a%3Db")]
    public async Task A_data_source_accepts_what_was_read(string address)
    {
        await using var database = ControlDatabase.Open(
            new DatabaseOptions(DatabaseOptions.Parse("DATABASE_URL", address)), TimeProvider.System);
        Assert.NotNull(database);
    }
}
