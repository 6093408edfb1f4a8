using Torture;

return await TortureCommand.Create().Parse(args).InvokeAsync(new()
{
    // Ctrl-C drops the instance before it ends.
    ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
});
