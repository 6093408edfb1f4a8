using ControlPlane.Tenants;
using CsCheck;

namespace ControlPlane.Tests.Tenants;

public sealed class TenantCursorTests
{
    [Fact]
    public void A_cursor_is_parsed_as_it_was_formatted() => Gen.Select(Gen.DateTime, Gen.Guid).Sample((time, id) =>
    {
        var cursor = new TenantCursor(new DateTimeOffset(time.Ticks, TimeSpan.Zero), id);

        Assert.Equal(cursor, TenantCursor.Parse(cursor.ToText()));
    });

    [Fact]
    public void Any_other_text_is_refused() => Gen.String.Where(text => text.Length != 32).Sample(text =>
        Assert.Equal("cursor", Assert.Throws<ControlPlaneException>(() => TenantCursor.Parse(text)).Field));

    [Theory]
    [InlineData("________________________________")]
    [InlineData("////////////////////////////////")]
    public void A_time_out_of_range_is_refused(string text) =>
        Assert.Throws<ControlPlaneException>(() => TenantCursor.Parse(text));
}
