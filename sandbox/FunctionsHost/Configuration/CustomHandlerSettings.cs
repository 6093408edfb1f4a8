namespace FunctionsHost.Configuration;

/// <summary>The section <c>customHandler</c> of host.json.</summary>
internal sealed record CustomHandlerSettings(string Executable, IReadOnlyList<string> Arguments)
{
    public static CustomHandlerSettings? From(IConfigurationSection section)
    {
        if (!section.Exists())
            return null;
        var executable = section["description:defaultExecutablePath"];
        if (string.IsNullOrEmpty(executable))
            throw new FunctionsHostException("host.json lacks customHandler.description.defaultExecutablePath.");
        if (!section.GetValue<bool>("enableProxyingHttpRequest"))
        {
            throw new FunctionsHostException(
                "This stand-in plays only custom handlers with \"enableProxyingHttpRequest\": true.");
        }

        var arguments = section.GetSection("description:arguments").GetChildren().Select(item => item.Value ?? "");
        return new CustomHandlerSettings(executable, [.. arguments]);
    }
}
