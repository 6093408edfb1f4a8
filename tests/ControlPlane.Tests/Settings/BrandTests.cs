using ControlPlane.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;

namespace ControlPlane.Tests.Settings;

public sealed class BrandTests
{
    [Theory]
    [InlineData("BRAND_NAME", "<b>Acme</b>")]
    [InlineData("BRAND_NAME", "{{payload.code}}")]
    [InlineData("BRAND_NAME", "\u200B")]
    [InlineData("BRAND_NAME", "a\nb")]
    [InlineData("BRAND_NAME", "A name of more than sixty characters, which is no name for a product")]
    [InlineData("BRAND_LOGO_URL", "http://www.example.com/logo.png")]
    [InlineData("BRAND_LOGO_URL", "data:image/png;base64,AAAA")]
    [InlineData("BRAND_LOGO_URL", "/logo.png")]
    [InlineData("BRAND_LOGO_URL", "https://user@www.example.com/logo.png")]
    [InlineData("BRAND_SUPPORT_EMAIL", "support")]
    [InlineData("BRAND_SUPPORT_EMAIL", "a@example.com?bcc=b@example.com")]
    public void An_invalid_value_is_refused_by_its_name(string name, string value) =>
        Assert.Equal(name, Assert.Throws<SettingException>(() => Read((name, value))).Name);

    [Fact]
    public void A_valid_brand_is_read()
    {
        var brand = Read(
            ("BRAND_NAME", " Bob & Sally "),
            ("BRAND_LOGO_URL", "https://www.example.com/logo.png"),
            ("BRAND_SUPPORT_EMAIL", "help@gmail.com"));

        Assert.Equal(
            new Brand("Bob & Sally", new Uri("https://www.example.com/logo.png"), "help@gmail.com"), brand);
        Assert.Equal(new Brand(null, null, null), Read());
    }

    private static Brand Read(params (string Name, string Value)[] values)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(
            values.Select(value => KeyValuePair.Create(value.Name, (string?)value.Value)));
        return Brand.From(new SettingsReader(
            configuration, new HostingEnvironment { EnvironmentName = "Production" }));
    }
}
