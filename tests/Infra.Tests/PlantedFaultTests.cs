using System.Text.Json.Nodes;
using Infra.Tests.Rules;
using Infra.Tests.Support;

namespace Infra.Tests;

/// <summary>Each rule reports a fault that is planted into a deployment.</summary>
public sealed class PlantedFaultTests(Compiled compiled)
{
    public static TheoryData<string, string> Names =>
        [.. Planted.All.Select(fault => new TheoryDataRow<string, string>(fault.Rule, fault.Name))];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_fault_is_reported(string rule, string name)
    {
        var fault = Planted.All.Single(candidate => (candidate.Rule, candidate.Name) == (rule, name));
        var deployment = compiled[fault.Deployment].With(fault.Plant);

        var reported = Rule.All.Single(candidate => candidate.Name == rule).Faults(deployment);

        Assert.Contains(reported, sentence => sentence.Contains(fault.Expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_rule_has_a_planted_fault() => Assert.Equal(
        Rule.All.Select(rule => rule.Name).Order(), Planted.All.Select(fault => fault.Rule).Distinct().Order());
}

/// <param name="Rule">The rule that reports the fault.</param>
/// <param name="Name">The fault.</param>
/// <param name="Expected">A part of the reported sentence.</param>
/// <param name="Plant">Changes the deployment.</param>
/// <param name="Deployment">The deployment into which it is planted.</param>
internal sealed record Planted(
    string Rule, string Name, string Expected, Action<Deployment> Plant, string Deployment = "small")
{
    public static IReadOnlyList<Planted> All { get; } =
        [.. PlantedAccess.All, .. PlantedSecrets.All, .. PlantedSettings.All, .. PlantedOperation.All];

    public static Action<Deployment> Value(string type, string path, JsonNode? value, string nameEnd = "") =>
        deployment => deployment.One(type, nameEnd).Set(path, value?.DeepClone());

    public static Action<Deployment> Add(string type, string name, string properties = "{}") =>
        deployment => deployment.Resources.Add(
            new JsonObject { ["type"] = type, ["name"] = name, ["properties"] = JsonNode.Parse(properties) });

    public static Action<Deployment> Remove(string type, string nameEnd = "") =>
        deployment => deployment.Resources.Remove(deployment.One(type, nameEnd));
}
