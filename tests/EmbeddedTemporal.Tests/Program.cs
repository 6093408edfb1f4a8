using EmbeddedTemporal.Tests;
using EmbeddedTemporal.Tests.Recovery;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    ["serve", var port, var file] => await ServerProcess.ServeAsync(port, file),
    ["work", var address, var queue] => await WorkerProcess.WorkAsync(address, queue),
    _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
        await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    _ => await ConsoleRunner.Run(args),
};
