using System.Text.Json.Nodes;
using Infra.Tests.Rules;
using Infra.Tests.Support;
using static Infra.Tests.Planted;

namespace Infra.Tests;

/// <summary>Faults of the worker's app, the gateway and the alerts.</summary>
internal static class PlantedOperation
{
    private const string App = "Microsoft.App/containerApps";
    private const string Api = "Microsoft.ApiManagement/service/apis";
    private const string Alert = "Microsoft.Insights/scheduledQueryRules";
    private const string Query = "properties.criteria.allOf.0.query";

    public static IReadOnlyList<Planted> All { get; } =
    [
        new("worker", "less time to stop than the longest call", "seconds to stop",
            Value(App, "properties.template.terminationGracePeriodSeconds", (int)WorkerApp.LongestCall.TotalSeconds,
                "-worker")),
        new("worker", "scale to zero", "scales to zero",
            Value(App, "properties.template.scale.minReplicas", 0, "-worker")),
        new("worker", "no probe", "no probe Readiness",
            deployment => deployment.One(App, "-worker").At("properties.template.containers.0.probes")!.AsArray()
                .RemoveAt(1)),
        new("worker", "a probe of another port", "no probe Liveness of /health/live on HEALTH_PORT (8081)",
            deployment => deployment.One(App, "-worker").At("properties.template.containers.0.probes.0.httpGet")!
                .Set("port", 8080)),
        new("worker", "a backlog of another queue", "custom.metadata.taskQueue is 'other'",
            deployment => deployment.One(App, "-worker").At("properties.template.scale.rules.0.custom.metadata")!
                .Set("taskQueue", "other"), "production"),

        new("gateway", "another document", "another document", Value(Api, "properties.value", "{}")),
        new("gateway", "the caller's header is kept", "does not replace the header",
            InApiPolicy("name=\"{{client-address-header}}\" exists-action=\"override\"",
                "name=\"{{client-address-header}}\" exists-action=\"skip\"")),
        new("gateway", "X-Forwarded-For is passed on", "the caller's X-Forwarded-For reaches",
            InApiPolicy("name=\"X-Forwarded-For\" exists-action=\"delete\"",
                "name=\"X-Forwarded-For\" exists-action=\"skip\"")),
        new("gateway", "the host's own header is passed on", "the caller's x-ms-invocation-id reaches",
            InApiPolicy("name=\"x-ms-invocation-id\" exists-action=\"delete\"",
                "name=\"x-ms-invocation-id\" exists-action=\"skip\"")),
        new("gateway", "a page without a route", "the gateway does not serve /verify",
            Remove($"{Api}/operations", "/page-verify")),
        new("gateway", "no operation for preflight requests", "the head allows origins True, passed on False",
            Value(Api + "/operations", "properties.method", "GET", "preflight"), "server"),
        new("gateway", "no rate limit", "no rate limit", InApiPolicy("rate-limit-by-key", "rate-limit")),
        new("gateway", "the server's name in answers", "names the server",
            InApiPolicy("name=\"Server\"", "name=\"Via\"")),
        new("gateway", "another header than the head reads", "different headers",
            Value($"{Api[..^5]}/namedValues", "properties.value", "X-Other", "/client-address-header")),
        new("gateway", "a value that is not defined", "the policies use operator-audience",
            Remove($"{Api[..^5]}/namedValues", "/operator-audience")),
        new("gateway", "an operator's route without a token", "does not check tokens of startprovisioning",
            Remove($"{Api}/operations/policies", "/startprovisioning/policy")),
        new("gateway", "a policy without token validation", "does not check tokens of gettenant",
            Value($"{Api}/operations/policies", "properties.value",
                "<policies><inbound><base /></inbound></policies>", "/gettenant/policy")),
        new("gateway", "a customer's route behind an operator's token", "registerlead is not only for operators",
            deployment =>
            {
                var copy = deployment.One($"{Api}/operations/policies", "/gettenant/policy").DeepClone();
                copy.Set("name", "arcsaas/control-plane/registerlead/policy");
                deployment.Resources.Add(copy);
            }),

        new("alerts", "a metric that does not exist", "the worker has no metric arc_saas.tenant.stuck",
            deployment => Change(deployment.One(Alert, "-stuck"), Query, "tenants.stuck", "tenant.stuck")),
        new("alerts", "a missing alert", "no alert on arc_saas.orphans", Remove(Alert, "-orphans")),
        new("alerts", "a missing alert line", "no alert on the line SWEEP_LIMIT",
            deployment => Change(deployment.One(Alert, "-alert-lines"), Query, "SWEEP_LIMIT", "OTHER")),
        new("alerts", "an alert that is off", "has no recipient or is off",
            Value(Alert, "properties.enabled", false, "-orphans")),
        new("alerts", "an alert without a recipient", "has no recipient or is off",
            Value(Alert, "properties.actions.actionGroups", new JsonArray(), "-worker-silent")),
    ];

    private static Action<Deployment> InApiPolicy(string from, string to) => deployment =>
        Change(deployment.One($"{Api}/policies"), "properties.value", from, to);

    private static void Change(JsonNode node, string path, string from, string to)
    {
        string text = node.Text(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        node.Set(path, text.Replace(from, to, StringComparison.Ordinal));
    }
}
