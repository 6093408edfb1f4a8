using ControlPlane.Leads;

namespace ControlPlane.Tests.Leads;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("admin@newcompany.com", "admin@newcompany.com")]
    [InlineData("Admin@NewCompany.COM", "Admin@newcompany.com")]
    [InlineData(" admin@newcompany.com\u00A0", "admin@newcompany.com")]
    [InlineData("\uFEFFadmin@newcompany.com\u200B", "admin@newcompany.com")]
    [InlineData("first.last+tag@a.co", "first.last+tag@a.co")]
    [InlineData("o'neil@b\u00FCcher.example", "o'neil@xn--bcher-kva.example")]
    public void An_address_keeps_its_local_part_and_normalizes_its_domain(string text, string expected) =>
        Assert.Equal(expected, EmailAddress.Parse(text).Value);

    [Theory]
    [InlineData("admin@newcompany.com", "admin@newcompany.com")]
    [InlineData("Ad.Min+tag+more@NewCompany.com", "ad.min@newcompany.com")]
    [InlineData("+tag@newcompany.com", "+tag@newcompany.com")]
    [InlineData("First.Last+tag@gmail.com", "firstlast@gmail.com")]
    [InlineData("f.irstlast@googlemail.com", "firstlast@gmail.com")]
    public void Addresses_of_one_mailbox_have_one_name(string text, string expected) =>
        Assert.Equal(expected, EmailAddress.ParseStored(text).Mailbox);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("admin")]
    [InlineData("@newcompany.com")]
    [InlineData("admin@")]
    [InlineData("admin@localhost")]
    [InlineData("admin@192.168.0.1")]
    [InlineData("admin@[192.168.0.1]")]
    [InlineData("a@b@newcompany.com")]
    [InlineData(".admin@newcompany.com")]
    [InlineData("admin.@newcompany.com")]
    [InlineData("ad..min@newcompany.com")]
    [InlineData("ad min@newcompany.com")]
    [InlineData("admin @newcompany.com")]
    [InlineData("admin@ newcompany.com")]
    [InlineData("ad\u200Bmin@newcompany.com")]
    [InlineData("\"ad min\"@newcompany.com")]
    [InlineData("admin@newcompany.com\n")]
    [InlineData("admin\r\nBcc: x@newcompany.com")]
    [InlineData("adm\0in@newcompany.com")]
    [InlineData("\u0430dmin@newcompany.com")] // Cyrillic a
    [InlineData("John <admin@newcompany.com>")]
    [InlineData("admin@gmail.com")]
    [InlineData("admin@GMAIL.com")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@newcompany.com")] // 65
    public void Text_that_is_not_an_address_of_a_company_is_refused(string? text)
    {
        var error = Assert.Throws<ControlPlaneException>(() => EmailAddress.Parse(text));

        Assert.Equal((ErrorCode.InvalidRequest, "email"), (error.Code, error.Field));
    }

    // Punycode is longer than the typed domain, and the punycode form is stored and used for mail.
    [Fact]
    public void An_address_has_at_most_254_characters_in_its_stored_form()
    {
        string typed = $"{new string('a', 64)}@{string.Concat(Enumerable.Repeat("\u00FC.", 24))}com";
        Assert.InRange(typed.Length, 1, EmailAddress.MaxLength);

        Assert.Equal("email", Assert.Throws<ControlPlaneException>(() => EmailAddress.Parse(typed)).Field);
        Assert.InRange(EmailAddress.Parse(typed[15..]).Value.Length, 230, EmailAddress.MaxLength);
    }

    [Fact]
    public void ToString_masks_the_address() =>
        Assert.Equal("a***@newcompany.com", $"{EmailAddress.Parse("admin@newcompany.com")}");
}
