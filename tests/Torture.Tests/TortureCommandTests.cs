using Torture.Cells;

namespace Torture.Tests;

public sealed class TortureCommandTests
{
    [Fact]
    public void An_undo_can_be_faked_only_for_a_step_that_has_one()
    {
        Assert.NotEmpty(Matrix.StepsWithUndo);
        Assert.All(Matrix.StepsWithUndo, step => Assert.Empty(Errors("--break-undo", step)));
        Assert.NotEmpty(Errors("--break-undo", "activate-tenant"));
    }

    [Theory]
    [InlineData("--pairs", "many")]
    [InlineData("--unknown")]
    [InlineData("matrix")]
    public void A_misuse_is_refused(params string[] arguments) => Assert.NotEmpty(Errors(arguments));

    private static IEnumerable<string> Errors(params string[] arguments) =>
        TortureCommand.Create().Parse(arguments).Errors.Select(error => error.Message);
}
