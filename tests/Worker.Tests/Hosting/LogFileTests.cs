using ControlPlane.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Worker.Hosting;

namespace Worker.Tests.Hosting;

public sealed class LogFileTests
{
    [Fact]
    public async Task Each_message_is_appended_as_one_line_with_its_time()
    {
        var folder = Directory.CreateTempSubdirectory("arc-saas-log-");
        string path = Path.Combine(folder.FullName, "logs", "worker.log");
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        try
        {
            foreach (string message in (string[])["first\nmessage", "second"])
            {
                using var file = new LogFile(path, time);
                file.CreateLogger("Category").Log(
                    LogLevel.Information, default, message, exception: null, (text, _) => text);
            }

            Assert.Equal(
                [
                    "2026-01-02T03:04:05.000Z Information Category: first message",
                    "2026-01-02T03:04:05.000Z Information Category: second",
                ],
                await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void An_unwritable_folder_stops_the_worker_with_one_line()
    {
        var e = Assert.Throws<SettingException>(() => LogFile.Open("/proc/nowhere", TimeProvider.System));

        Assert.StartsWith(
            "LOG_DIR: found '/proc/nowhere', expected a folder that can be written", e.Message,
            StringComparison.Ordinal);
    }
}
