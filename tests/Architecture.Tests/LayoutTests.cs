namespace Architecture.Tests;

public sealed class LayoutTests
{
    // .editorconfig says it to editors; dotnet format does not look.
    private const int Columns = 120;

    [Theory]
    [InlineData("sandbox")]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("tools")]
    public void Lines_are_of_at_most_120_columns(string folder)
    {
        var tooLong = Repository.Sources(folder)
            .SelectMany(file => Repository.Read(file).Split('\n').Index()
                .Where(line => line.Item.Length > Columns)
                .Select(line => $"{file}:{line.Index + 1}"));

        Assert.Empty(tooLong);
    }
}
