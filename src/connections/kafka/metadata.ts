/** The Metadata request: which brokers a cluster has, and who leads a topic. */
import { UpstreamFailure } from '../failure.ts';
import { array, int8, string, type Reader } from './reader.ts';
import { REQUESTS, type KafkaWire } from './wire.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Metadata {
  /** By node id, as advertised on the listener that was asked. */
  readonly brokers: ReadonlyMap<number, Address>;
  /** Node ids of the leaders of the topic's partitions; none when the topic does not exist. */
  readonly leaders: readonly number[];
}

/** Asks for the brokers and, if one is given, a topic; nothing is created. Throws as the wire does. */
export async function fetchMetadata(wire: KafkaWire, topic: string | undefined): Promise<Metadata> {
  const topics = array(topic === undefined ? [] : [string(topic)]);
  const createTopics = int8(0);
  const response = await wire.request(REQUESTS.metadata, Buffer.concat([topics, createTopics]));
  response.int32(); // throttle time
  const brokers = response.array(() => broker(response));
  response.nullableString(); // cluster id
  response.int32(); // controller
  const leaders = response.array(() => topicLeaders(response));
  if (brokers.length === 0) throw new UpstreamFailure('kafka', 'zero brokers discovered in metadata request');
  return { brokers: new Map(brokers), leaders: leaders.flat() };
}

function broker(response: Reader): readonly [number, Address] {
  const node = response.int32();
  const address = { host: response.string(), port: response.int32() };
  response.nullableString(); // rack
  return [node, address];
}

function topicLeaders(response: Reader): readonly number[] {
  response.int16(); // error
  response.string(); // name
  response.boolean(); // internal
  return response.array(() => {
    response.int16(); // error
    response.int32(); // index
    const leader = response.int32();
    response.array(() => response.int32()); // replicas
    response.array(() => response.int32()); // in sync
    return leader;
  });
}
