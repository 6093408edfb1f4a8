using Azure.Core;
using Azure.Identity;
using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Systems.Postgres;

/// <summary>Connection pools. With <c>DB_AUTH=entra</c> the password is a token that is renewed by the pool.</summary>
public static class DataSources
{
    /// <summary>The scope of Azure Database for PostgreSQL, in every cloud tenant the same.</summary>
    private static readonly TokenRequestContext EntraScope =
        new(["https://ossrdbms-aad.database.windows.net/.default"]);

    public static NpgsqlDataSource Create(DatabaseOptions options, string applicationName)
    {
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        builder.ConnectionStringBuilder.ApplicationName ??= applicationName;
        if (options.UseEntra)
        {
            var credential = new DefaultAzureCredential();
            builder.UsePeriodicPasswordProvider(
                async (_, cancellationToken) => (await credential.GetTokenAsync(EntraScope, cancellationToken)).Token,
                TimeSpan.FromMinutes(30),
                TimeSpan.FromSeconds(10));
        }

        return builder.Build();
    }
}
