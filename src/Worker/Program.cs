using Worker.Commands;
using Worker.Systems;

return await CommandLine.RunAsync(args, new CommandContext(OutsideSystems.All));
