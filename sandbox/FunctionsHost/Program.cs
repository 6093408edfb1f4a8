using System.CommandLine.Invocation;
using FunctionsHost.Hosting;

var command = FunctionsHostCommand.Create().Parse(args);
if (command.Action is ParseErrorAction mistake)
    mistake.ShowHelp = false;
return await command.InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
