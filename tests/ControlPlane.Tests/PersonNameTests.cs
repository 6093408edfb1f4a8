using CsCheck;

namespace ControlPlane.Tests;

public sealed class PersonNameTests
{
    [Theory]
    [InlineData("Bob & Sally")]
    [InlineData("Smith/Dupont")]
    [InlineData("O'Neil; \"Bo\" (jr.) #2 100% [x] {y} a=b ~ ^ * ! ? \u00A7 $ | \\")]
    [InlineData("\u682A\u5F0F\u4F1A\u793E")]
    public void A_name_may_contain_any_printable_character_but_markup(string name) =>
        Assert.Equal(name, PersonName.Required(name, "firstName"));

    [Theory]
    [InlineData("<b>Bob</b>")]
    [InlineData("Bob <script>alert(1)</script>")]
    [InlineData("a<b")]
    [InlineData("a>b")]
    public void Markup_is_refused_with_a_sentence(string name)
    {
        var required = Assert.Throws<ControlPlaneException>(() => PersonName.Required(name, "firstName"));
        var optional = Assert.Throws<ControlPlaneException>(() => PersonName.Optional(name, "name"));

        Assert.Equal(("firstName",
            "firstName contains '<' or '>', which begin and end markup; a name without them is expected."),
            (required.Field, required.Message));
        Assert.Equal("name", optional.Field);
    }

    // Otherwise sign-up would blame markup for it.
    [Fact]
    public void Printable_text_without_angle_brackets_fits_the_pattern() => Gen.Char.Array[1, 20].Sample(characters =>
    {
        string text = new([.. characters.Where(c => c is not '<' and not '>')]);
        try
        {
            text = Field.Required(text, "name");
        }
        catch (ControlPlaneException)
        {
            return;
        }

        Assert.Equal(text, PersonName.Required(text, "name"));
    });
}
