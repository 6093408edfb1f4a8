using System.CommandLine.Invocation;
using Sandbox.Hosting;

var command = SandboxCommand.Create().Parse(args);
if (command.Action is ParseErrorAction mistake)
    mistake.ShowHelp = false;
return await command.InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(5) });
