using FunctionsHost.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsHost.Tests;

public sealed class HostOutputTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Theory]
    [InlineData(false, "[2026-03-04T05:06:07.000Z] fail: Host: text")]
    [InlineData(true, "\e[31m[2026-03-04T05:06:07.000Z] fail: Host: text\e[0m")]
    public void A_log_line_has_time_level_and_category_and_a_colour_only_if_asked_for(bool coloured, string expected)
    {
        using var writer = new StringWriter();

        new HostOutput(writer, coloured).WriteLog(Time, LogLevel.Error, "Host", "text");

        Assert.Equal(expected + writer.NewLine, writer.ToString());
    }
}
