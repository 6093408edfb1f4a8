using System.Security.Cryptography;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>The histories of released versions never change. <see cref="Recordings"/> describes a release.</summary>
public sealed class ReleasedHistoryTests
{
    private static readonly Dictionary<string, string> Sums = File.ReadAllLines(SumsFile)
        .ToDictionary(line => line[66..], line => line[..64]);

    private static string SumsFile => Path.Combine(Recordings.Root, "SHA256SUMS");

    [Fact]
    public void A_released_history_is_neither_missing_nor_changed_nor_extra()
    {
        var files = Directory.EnumerateFiles(Recordings.Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Recordings.Root, path))
            .Where(file => file != "SHA256SUMS" && !IsUnreleased(file))
            .ToList();

        string[] problems =
        [
            .. Sums.Keys.Except(files).Select(file =>
                $"{file} is missing: restore it with 'git checkout'. Workflows of this shape may still run."),
            .. files.Where(Sums.ContainsKey).Where(file => Sums[file] != Sum(file)).Select(file =>
                $"{file} was changed: restore it with 'git checkout'. New shapes belong to "
                + $"{Recordings.UnreleasedVersion}, into which RECORD_HISTORIES=1 writes."),
            .. files.Except(Sums.Keys).Select(file =>
                $"{file} is not in SHA256SUMS: move it to {Recordings.UnreleasedVersion} or, when its version is being "
                + "released, write SHA256SUMS as Recordings.cs describes."),
        ];

        // Assert.Empty would cut the texts.
        Assert.True(problems.Length == 0, string.Join('\n', problems));
    }

    [Fact]
    public void The_sums_are_sorted_and_exclude_the_unreleased_version()
    {
        var files = File.ReadAllLines(SumsFile).Select(line => line[66..]).ToList();

        Assert.NotEmpty(files);
        Assert.Equal(files.Order(StringComparer.Ordinal), files);
        Assert.DoesNotContain(files, IsUnreleased);
    }

    private static bool IsUnreleased(string file) =>
        file.StartsWith(Recordings.UnreleasedVersion + "/", StringComparison.Ordinal);

    private static string Sum(string file) =>
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Recordings.Root, file))));
}
