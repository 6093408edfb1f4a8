using System.Text.RegularExpressions;

namespace Packages.Tests.Images;

/// <summary>The instructions of a Dockerfile.</summary>
internal sealed partial class Dockerfile
{
    private readonly List<(string Name, string Arguments)> instructions;

    private Dockerfile(string text) => instructions = [.. text.Replace("\\\n", " ", StringComparison.Ordinal)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(line => !line.StartsWith('#'))
        .Select(line => (line.Split(' ')[0], line[line.Split(' ')[0].Length..].Trim()))];

    /// <summary>The images that the stages begin with, except earlier stages.</summary>
    public IEnumerable<string> BaseImages => All("FROM").Select(from => from.Split(' ')[0]);

    /// <summary>What the last image sets, such as PORT=14000.</summary>
    public Dictionary<string, string> Environment => OfLastStage("ENV")
        .SelectMany(line => Pair().Matches(line))
        .ToDictionary(pair => pair.Groups[1].Value, pair => pair.Groups[2].Value.Trim('"'));

    public Dictionary<string, string> Labels => OfLastStage("LABEL")
        .SelectMany(line => Pair().Matches(line))
        .ToDictionary(pair => pair.Groups[1].Value, pair => pair.Groups[2].Value.Trim('"'));

    public static Dockerfile Of(string project) =>
        new(Checkout.Read(project == "Sandbox" ? "sandbox" : "src", project, "Dockerfile"));

    public IEnumerable<string> All(string name) =>
        instructions.Where(instruction => instruction.Name == name).Select(instruction => instruction.Arguments);

    /// <summary>The arguments of an instruction in the last stage: the image itself.</summary>
    public IEnumerable<string> OfLastStage(string name) => instructions
        .Skip(instructions.FindLastIndex(instruction => instruction.Name == "FROM"))
        .Where(instruction => instruction.Name == name)
        .Select(instruction => instruction.Arguments);

    [GeneratedRegex("""([\w.]+)=("[^"]*"|\S+)""")]
    private static partial Regex Pair();
}
