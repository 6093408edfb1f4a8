using Benchmarks;

return await BenchmarksCommand.RunAsync(args, new());
