using Torture;

// Ctrl-C drops the instance before it ends.
return await TortureCommand.Create().Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
