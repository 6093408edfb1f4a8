using ControlPlane.Tenants;
using CsCheck;

namespace ControlPlane.Tests.Tenants;

public sealed class TenantKeyTests
{
    [Fact]
    public void Every_legal_key_is_accepted() => Keys.Legal.Sample(key =>
        Assert.Equal(key, TenantKey.Parse(key, maxLength: TenantKey.MaxConfigurableLength).Value));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("abcdefghijk")]
    [InlineData("NewCompany")]
    [InlineData("1company")]
    [InlineData("new-company")]
    [InlineData("new_company")]
    [InlineData("new company")]
    [InlineData(" company")]
    [InlineData("company\n")]
    [InlineData("com\0pany")]
    [InlineData("\u0441ompany")] // Cyrillic es
    [InlineData("c\u03BFmpany")] // Greek omicron
    [InlineData("\uFF43ompany")] // full-width c
    [InlineData("compan\u0443")] // Cyrillic u
    [InlineData("\u212Aompany")] // Kelvin sign, which is a k in lower case
    [InlineData("company\u0661")] // Arabic-Indic one
    [InlineData("compan\u00ED")]
    [InlineData("c\u043Emp\u0430ny")]
    public void Text_that_is_not_a_key_is_refused(string? text)
    {
        var error = Assert.Throws<ControlPlaneException>(() => TenantKey.Parse(text));

        Assert.Equal((ErrorCode.InvalidRequest, "key"), (error.Code, error.Field));
    }

    [Fact]
    public void Any_character_other_than_the_36_is_refused_at_any_position() =>
        Gen.Select(Gen.Char, Gen.Int[0, 3]).Where((c, _) => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c))
            .Sample((c, position) =>
                Assert.Throws<ControlPlaneException>(() => TenantKey.Parse("abc".Insert(position, c.ToString()))));

    [Theory]
    [InlineData("admin")]
    [InlineData("api")]
    [InlineData("keycloak")]
    [InlineData("master")]
    [InlineData("pgdata")]
    [InlineData("platform")]
    [InlineData("postgres")]
    [InlineData("public")]
    [InlineData("template1")]
    [InlineData("temporal")]
    [InlineData("www")]
    public void A_reserved_word_is_refused(string text) =>
        Assert.Contains("reserved",
            Assert.Throws<ControlPlaneException>(() => TenantKey.Parse(text)).Message, StringComparison.Ordinal);
}
