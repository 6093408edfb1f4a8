namespace ControlPlane.Tests;

public sealed class FieldTests
{
    [Theory]
    [InlineData("New Company Inc")]
    [InlineData("Z\u00FCrich")]
    [InlineData("\u682A\u5F0F\u4F1A\u793E")]
    [InlineData("\U0001F680 Rockets")]
    public void Printable_text_is_kept(string text) => Assert.Equal(text, Field.Required(text, "name"));

    [Fact]
    public void Surrounding_spaces_are_removed() => Assert.Equal("x", Field.Required("  x ", "name"));

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\tb")]
    [InlineData("a\u007Fb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u2028b")]
    [InlineData("a\u202Eb")]
    [InlineData("\0")]
    [InlineData("\n")]
    [InlineData("x\n")]
    public void A_control_character_is_refused(string text) =>
        Assert.Equal("name", Assert.Throws<ControlPlaneException>(() => Field.Required(text, "name")).Field);

    [Fact]
    public void An_unpaired_surrogate_is_refused() =>
        Assert.Throws<ControlPlaneException>(() => Field.Required("a\uD83Db".ToString(), "name"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    public void Missing_text_is_refused_by_name(string? text) =>
        Assert.Equal("name", Assert.Throws<ControlPlaneException>(() => Field.Required(text, "name")).Field);

    [Fact]
    public void Text_may_be_100_characters_long()
    {
        Assert.Equal(100, Field.Required(new string('x', 100), "name").Length);
        Assert.Throws<ControlPlaneException>(() => Field.Required(new string('x', 101), "name"));
    }
}
