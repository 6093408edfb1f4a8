using ControlPlane.Settings;
using Microsoft.Extensions.Hosting;
using Worker.Hosting;

namespace Worker.Tests.Hosting;

public sealed class LocalSettingsTests
{
    [Theory]
    [InlineData("""{ "Values": { "NAME": """)]
    [InlineData("no JSON")]
    public void An_unreadable_settings_file_stops_the_worker_with_one_line(string text)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Development });

            var e = Assert.Throws<SettingException>(() => builder.AddLocalSettings(file));

            Assert.StartsWith($"{file}: found text that is no such file", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
