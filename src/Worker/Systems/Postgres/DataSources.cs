using ControlPlane.Persistence;
using ControlPlane.Persistence.Entra;
using Npgsql;

namespace Worker.Systems.Postgres;

/// <summary>Creates connection pools. With <c>DB_AUTH=entra</c> the password is a token of Microsoft Entra.</summary>
public static class DataSources
{
    public static NpgsqlDataSource Create(DatabaseOptions options, string applicationName, TimeProvider? time = null)
    {
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        builder.ConnectionStringBuilder.ApplicationName ??= applicationName;
        if (options.Entra is { } entra)
        {
            var tokens = new EntraTokens(entra, EntraTokens.PostgresResource, time ?? TimeProvider.System);
            builder.UsePasswordProvider(tokens.Get, tokens.GetAsync);
        }

        return builder.Build();
    }
}
