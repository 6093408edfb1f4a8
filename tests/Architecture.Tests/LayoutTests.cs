namespace Architecture.Tests;

public sealed class LayoutTests
{
    // .editorconfig has the same limit, which dotnet format does not check.
    private const int MaxColumns = 120;

    [Theory]
    [InlineData("sandbox")]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("tools")]
    public void No_line_is_longer_than_120_columns(string folder)
    {
        var tooLong = Repository.Sources(folder)
            .SelectMany(file => Repository.Read(file).Split('\n').Index()
                .Where(line => line.Item.Length > MaxColumns)
                .Select(line => $"{file}:{line.Index + 1}"));

        Assert.Empty(tooLong);
    }
}
