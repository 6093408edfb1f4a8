using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Systems;

namespace Worker.Tests.Commands;

public sealed class DoctorQuestionsTests
{
    [Fact]
    public async Task A_failed_check_skips_only_those_that_need_it()
    {
        using var output = new StringWriter();
        int exitCode = await CommandLine.RunAsync(
            ["doctor"],
            new CommandContext([new AskedSystem()])
            {
                Output = output,
                Host = new HostApplicationBuilderSettings
                {
                    Configuration = new ConfigurationManager(),
                    DisableDefaults = true,
                    EnvironmentName = Environments.Development,
                },
            });

        Assert.Equal(1, exitCode);
        string text = output.ToString();
        Assert.Matches("✘ server +it is down", text);
        Assert.Matches("account +skipped: it needs server", text);
        Assert.Matches("right +skipped: it needs account", text);
        Assert.Matches("✔ mail +it is up", text);
    }

    private sealed class AskedSystem : OutsideSystem
    {
        public override string Id => "asked";

        public override string Name => "Asked";

        public override void AddServices(
            IServiceCollection services, global::ControlPlane.Settings.SettingsReader settings)
        {
        }

        public override IReadOnlyList<DoctorCheck> DoctorChecks(CommandHost host) =>
        [
            new("server", _ => Task.FromResult(DoctorResult.Problem("it is down", "Start it.")), "Start it."),
            new("account", _ => Unasked(), "", Needs: "server"),
            new("right", _ => Unasked(), "", Needs: "account"),
            new("mail", _ => Task.FromResult(DoctorResult.Ok("it is up")), "Start it."),
        ];

        private static Task<DoctorResult> Unasked() => throw new InvalidOperationException("was asked");
    }
}
