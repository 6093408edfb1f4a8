using Azure.Core;
using Azure.Identity;
using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Systems.Postgres;

/// <summary>Creates connection pools. With <c>DB_AUTH=entra</c> the password is a token that the pool renews.</summary>
public static class DataSources
{
    /// <summary>The token scope of Azure Database for PostgreSQL, the same in every Entra tenant.</summary>
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
