using System.Text.RegularExpressions;
using Infra.Tests.Support;

namespace Infra.Tests.Rules;

/// <summary>An identity has four roles at most, and reads exactly the secrets of its process.</summary>
internal static partial class Roles
{
    private const string SecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";

    /// <summary>The roles, with a part of the id of the resource on which they may be assigned.</summary>
    private static readonly Dictionary<string, string> Allowed = new()
    {
        [SecretsUser] = "/secrets/",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "/Microsoft.Insights/components/",
        ["7f951dda-4ed3-4680-a7ca-43fe172d538d"] = "/Microsoft.ContainerRegistry/registries/",
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "/Microsoft.Storage/storageAccounts/",
    };

    public static IEnumerable<string> Faults(Deployment deployment)
    {
        var assignments = deployment.Of("Microsoft.Authorization/roleAssignments").Select(assignment => (
            Id: assignment.Text("id"),
            Role: assignment.Text("properties.roleDefinitionId").Split('/')[^1],
            Identity: IdentityName().Match(assignment.Text("properties.principalId")).Value)).ToList();
        foreach (var (id, role, _) in assignments)
        {
            if (!Allowed.TryGetValue(role, out string? scope) || !id.Contains(scope, StringComparison.Ordinal))
            {
                yield return $"the role {role} is assigned on {id.Split("/providers/Microsoft.Authorization")[0]}";
            }
        }

        foreach (var process in Process.Of(deployment))
        {
            string identity = process.Settings.GetValueOrDefault("DB_USER", "");
            var readable = assignments.Where(assignment => assignment.Role == SecretsUser
                && assignment.Identity == identity).Select(assignment => SecretName().Match(assignment.Id).Value);
            foreach (string name in readable.Except(process.Secrets.Values))
            {
                yield return $"{identity} may read {name}, which {process.Name} does not use";
            }

            foreach (string name in process.Secrets.Values.Except(readable))
            {
                yield return $"{identity} may not read {name}, which {process.Name} uses";
            }
        }

        if (Process.Http(deployment).Settings["DB_USER"] == Process.Worker(deployment).Settings["DB_USER"])
        {
            yield return "HTTP head and worker share an identity";
        }
    }

    [GeneratedRegex("(?<=/userAssignedIdentities/)[^']+")]
    private static partial Regex IdentityName();

    [GeneratedRegex("(?<=/secrets/)[^/]+")]
    private static partial Regex SecretName();
}
