using System.Diagnostics;
using System.Text.Json;

namespace Packages.Tests.Images;

/// <summary>
/// An image of <c>dotnet publish -t:PublishContainer</c> is that of the Dockerfile: MSBuild's properties are the same.
/// </summary>
public sealed class ContainerPropertyTests
{
    [Theory]
    [InlineData("Functions")]
    [InlineData("Server")]
    [InlineData("Worker")]
    public async Task The_SDK_makes_the_same_image_as_the_Dockerfile(string project)
    {
        var file = Dockerfile.Of(project);
        using var evaluated = await EvaluateAsync(project);
        var properties = evaluated.RootElement.GetProperty("Properties");
        var items = evaluated.RootElement.GetProperty("Items");

        Assert.Equal(file.BaseImages.Last(), properties.GetProperty("ContainerBaseImage").GetString());
        Assert.Equal(file.OfLastStage("USER").Last(), properties.GetProperty("ContainerUser").GetString());
        Assert.Equal("local", properties.GetProperty("ContainerImageTag").GetString());
        Assert.Equal(
            file.Labels["org.opencontainers.image.title"], properties.GetProperty("ContainerRepository").GetString());
        Assert.Equal(
            file.Labels["org.opencontainers.image.description"],
            properties.GetProperty("ContainerDescription").GetString());
        Assert.Equal(
            file.OfLastStage("EXPOSE"),
            items.GetProperty("ContainerPort").EnumerateArray()
                .Select(port => port.GetProperty("Identity").GetString()));
        Assert.Equal(
            file.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal),
            items.GetProperty("ContainerEnvironmentVariable").EnumerateArray()
                .Select(item => KeyValuePair.Create(
                    item.GetProperty("Identity").GetString()!, item.GetProperty("Value").GetString()!))
                .OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    private static async Task<JsonDocument> EvaluateAsync(string project)
    {
        string[] arguments =
        [
            "msbuild", Checkout.PathOf("src", project), "-p:Configuration=Release", "-nodeReuse:false",
            "-getProperty:ContainerBaseImage,ContainerUser,ContainerImageTag,ContainerRepository,ContainerDescription",
            "-getItem:ContainerPort,ContainerEnvironmentVariable",
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        return await JsonDocument.ParseAsync(
            process.StandardOutput.BaseStream, cancellationToken: TestContext.Current.CancellationToken);
    }
}
