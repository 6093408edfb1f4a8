using Torture.Cells;

namespace Torture.Tests.Cells;

public sealed class FilterTests
{
    private static readonly Matrix Matrix = Matrix.Generate();

    // A pair's name begins with that of its first cell.
    private readonly List<Cell> all = [.. Matrix.Cells, .. Pairs.Generate(Matrix, count: 30, seed: 3)];

    [Fact]
    public void The_full_name_of_a_cell_selects_that_cell_alone()
    {
        Assert.Contains(Matrix.Cells, cell => all.Exists(
            other => other.Name.StartsWith($"{cell.Name}+", StringComparison.Ordinal)));

        Assert.All(Matrix.Cells, cell => Assert.Equal([cell], Filter.Apply(all, [cell.Name])));
    }

    [Fact]
    public void The_arguments_that_repeat_a_cell_select_that_cell_alone()
    {
        foreach (var cell in all)
        {
            string[] arguments = cell.RepeatArguments.Split(' ');
            var generated = Option("--pairs") is { } count
                ? Pairs.Generate(Matrix, int.Parse(count), int.Parse(Option("--seed")!))
                : [];

            var selected = Filter.Apply([.. Matrix.Cells, .. generated], [Option("--filter")!]);

            Assert.Equal(cell.Name, Assert.Single(selected.Select(other => other.Name).Distinct()));

            string? Option(string name) =>
                arguments.Index().Where(item => item.Item == name).Select(item => arguments[item.Index + 1])
                    .SingleOrDefault();
        }
    }

    [Fact]
    public void A_part_of_a_name_selects_all_cells_that_contain_it()
    {
        var selected = Filter.Apply(all, ["create-idp"]).ToList();

        Assert.Equal(all.Where(cell => cell.Name.Contains("create-idp", StringComparison.Ordinal)), selected);
        Assert.True(selected.Count > 1);
    }

    [Fact]
    public void Two_texts_select_the_cells_of_either()
    {
        string[] texts = ["create-idp.create/lost", "provision-storage.tag/lost"];

        Assert.Equal(texts, Filter.Apply(all, texts).Select(cell => cell.Name));
    }

    [Fact]
    public void Without_a_text_all_cells_are_selected() => Assert.Equal(all, Filter.Apply(all, []));

    [Fact]
    public void An_unknown_text_selects_nothing() => Assert.Empty(Filter.Apply(all, ["no-such-cell"]));
}
