using CsCheck;

namespace ControlPlane.Tests;

public sealed class FieldTests
{
    private static readonly string[] Invisible =
    [
        "\u0020", "\u00A0", "\u1680", "\u2003", "\u200A", "\u202F", "\u205F", "\u3000", // spaces
        "\u00AD", "\u034F", "\u061C", "\u115F", "\u1160", "\u17B4", "\u180B", "\u180E", "\u200B", "\u200C", "\u200D",
        "\u200E", "\u200F", "\u2060", "\u2064", "\u206A", "\u3164", "\uFE00", "\uFE0F", "\uFEFF", "\uFFA0", "\uFFF0",
        "\U0001BCA0", "\U0001D173", "\U000E0001", "\U000E0041", "\U000E0100", // ignorable
        "\u2800", "\U0001D159", "\U00013441", // blank glyphs
    ];

    [Theory]
    [InlineData("New Company Inc")]
    [InlineData("Z\u00FCrich")]
    [InlineData("\u682A\u5F0F\u4F1A\u793E")]
    [InlineData("\U0001F680 Rockets")]
    public void Printable_text_is_kept(string text) => Assert.Equal(text, Field.Required(text, "name"));

    [Theory]
    [InlineData("New\u00A0Company")]
    [InlineData("New\u202FCompany")]
    [InlineData("New\u3000Company")]
    [InlineData("\u00A0New Company\u2007")]
    [InlineData("\uFEFFNew Company\u200B")]
    public void A_no_break_space_is_a_space(string text) =>
        Assert.Equal("New Company", Field.Required(text, "name"));

    [Theory]
    [InlineData("\u0928\u0915\u094D\u200D\u0937")] // a joiner within a Devanagari word
    [InlineData("\u2764\uFE0F")] // a heart with its variation selector
    public void A_joiner_or_selector_of_a_visible_character_is_kept(string text) =>
        Assert.Equal(text, Field.Required(text, "name"));

    [Fact]
    public void Characters_that_render_as_nothing_are_no_name_alone_or_together() =>
        Gen.Int[0, Invisible.Length - 1].Array[1, 6].Sample(parts =>
        {
            string text = string.Concat(parts.Select(part => Invisible[part]));
            var error = Assert.Throws<ControlPlaneException>(() => Field.Required(text, "name"));
            Assert.Equal(("name", "name is missing: 1 to 100 visible characters are expected."),
                (error.Field, error.Message));
            Assert.Null(Field.Optional(text, "name"));
        });

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
