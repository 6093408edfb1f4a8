using Infra.Tests.Rules;
using Infra.Tests.Support;

namespace Infra.Tests;

public sealed class DeploymentTests(Compiled compiled)
{
    public static TheoryData<string, string> Cases => [
        .. from name in Compiled.Names from rule in Rule.All select new TheoryDataRow<string, string>(name, rule.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_deployment_keeps_every_rule(string deployment, string rule) =>
        Assert.Empty(Rule.All.Single(candidate => candidate.Name == rule).Faults(compiled[deployment]));

    [Fact]
    public void The_small_deployment_scales_to_zero_and_the_production_one_is_always_ready()
    {
        const string AlwaysReady = "properties.functionAppConfig.scaleAndConcurrency.alwaysReady";

        Assert.Empty(compiled["small"].One("Microsoft.Web/sites").At(AlwaysReady)!.AsArray());
        Assert.Equal("2", compiled["production"].One("Microsoft.Web/sites").Text($"{AlwaysReady}.0.instanceCount"));
    }

    [Fact]
    public void The_native_head_takes_the_place_of_the_Function_App()
    {
        Assert.Empty(compiled["server"].Of("Microsoft.Web/sites"));
        Assert.Empty(compiled["server"].Of("Microsoft.Storage/storageAccounts"));
        Assert.Single(compiled["small"].Of("Microsoft.App/containerApps"));
        Assert.Equal(2, compiled["server"].Of("Microsoft.App/containerApps").Count());
    }
}
